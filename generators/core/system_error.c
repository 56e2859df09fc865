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

bool diag_unreadable(struct diag *diag, const char *path)
{
    struct system_error e = system_error(errno);
    return diag_system(diag, (struct src_pos){path, 0}, "无法读取：%s%.0s",
                       "cannot be read: %.0s%s", e.text[LANGUAGE_ZH], e.text[LANGUAGE_EN]);
}
