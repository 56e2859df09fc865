/* system_error.c - see system_error.h. */
#include "core/system_error.h"

#include <errno.h>
#include <string.h>

static const struct {
    int number;
    const char *zh, *en;
} errors[] = {
    {EACCES, "没有权限", "permission denied"},
    {EPERM, "系统不允许", "the system does not allow it"},
    {ENOENT, "文件不存在", "there is no such file"},
    {ENOTDIR, "路径中有一段不是文件夹", "part of the path is no folder"},
    {EISDIR, "这是一个文件夹", "it is a folder"},
    {ELOOP, "链接没有尽头", "its links never end"},
    {ENAMETOOLONG, "名称过长", "the name is too long"},
    {ENOMEM, "内存不足", "there is not enough memory"},
    {EAGAIN, "系统资源暂时不足，请稍后再试", "the system is short of resources: try later"},
    {EMFILE, "已打开的文件太多，请放宽 ulimit -n", "too many files are open: raise ulimit -n"},
    {ENFILE, "系统已打开的文件太多，请稍后再试",
     "too many files are open in this system: try later"},
    {ENOSPC, "磁盘空间不足", "the disk is full"},
    {EDQUOT, "已超出磁盘配额", "the disk quota is used up"},
    {EROFS, "磁盘只能读", "the disk can only be read"},
    {EFBIG, "文件太大", "the file is too large"},
    {EINVAL, "不是普通文件，或是空文件", "it is no regular file, or an empty one"},
    {EBUSY, "正在使用", "it is in use"},
    {EIO, "磁盘读写出错，请检查磁盘", "the disk failed: check it"},
    {ESTALE, "网络磁盘上的文件已不可用，请检查网络磁盘后再运行",
     "the file of a network disk is gone from under us: check that disk, run again"},
    {ETIMEDOUT, "网络磁盘没有回答，请检查网络后再运行",
     "the network disk does not answer: check the network, run again"},
    {EINTR, "被信号打断，请再运行一次", "a signal came in between: run again"},
    {ENOLCK, "这个磁盘不支持加锁（网络磁盘请启用 lockd）",
     "this disk has no locks (a network disk needs lockd)"},
    {EEXIST, "已有同名文件", "a file of this name is there already"},
    {EXDEV, "两个位置不在同一磁盘上", "the two places are not on one disk"},
    {ENOTSUP, "这个磁盘不支持", "this disk cannot do it"},
    {ENOSYS, "系统不支持", "the system cannot do it"},
    {ENXIO, "设备不存在", "there is no such device"},
    {ENODEV, "不是可以这样打开的文件", "it is no file that can be opened so"},
    {EADDRINUSE, "这个端口已被占用，可能已经开着一个；请换端口",
     "another program has this port, perhaps one more of this: take another port"},
    {EADDRNOTAVAIL, "本机没有这个地址", "this machine has no such address"},
    {EAFNOSUPPORT, "本机没有这种网络地址", "this machine has no addresses of this kind"},
    {EPIPE, "接收的程序已结束", "the program that was to get it has ended"},
};

struct system_error system_error(int number)
{
    struct system_error e;
    snprintf(e.text[LANGUAGE_ZH], sizeof *e.text, "系统错误 %d", number);
    snprintf(e.text[LANGUAGE_EN], sizeof *e.text, "%s", strerror(number));
    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++)
        if (errors[i].number == number) {
            snprintf(e.text[LANGUAGE_ZH], sizeof *e.text, "%s", errors[i].zh);
            snprintf(e.text[LANGUAGE_EN], sizeof *e.text, "%s", errors[i].en);
        }
    return e;
}

bool diag_errno(struct diag *diag, struct src_pos at, const char *zh, const char *en, ...)
{
    struct system_error e = system_error(errno);
    struct buffer format[LANGUAGE_COUNT] = {{0}};
    const char *const text[] = {[LANGUAGE_ZH] = zh, [LANGUAGE_EN] = en};
    va_list args;

    /* the reasons of the table have no % of their own */
    for (int l = 0; l < LANGUAGE_COUNT; l++)
        buffer_printf(&format[l], l == LANGUAGE_ZH ? "%s：%s" : "%s: %s", text[l], e.text[l]);
    va_start(args, en);
    diag_vadd(diag, (struct finding){.severity = SEVERITY_ERROR, .fault = FAULT_SYSTEM, .at = at},
              (char *)format[LANGUAGE_ZH].data, (char *)format[LANGUAGE_EN].data, args);
    va_end(args);
    for (int l = 0; l < LANGUAGE_COUNT; l++)
        buffer_clear(&format[l]);
    return false;
}

bool diag_unreadable(struct diag *diag, const char *path)
{
    return diag_errno(diag, (struct src_pos){path, 0}, "无法读取", "cannot be read");
}
