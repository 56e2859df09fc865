#!/bin/sh
# Hands the documents that print-list.txt names to CUPS (lp), in order. sh print.sh -h tells how.
# It needs no more than a POSIX shell, awk and sort, and stands beside the list in every output tree.

zh=false
case ${LC_ALL:-${LC_MESSAGES:-${LANG:-}}} in zh*) zh=true ;; esac
say() { if $zh; then printf '%s\n' "$1"; else printf '%s\n' "$2"; fi; }
stop() {
    say "print.sh：$1" "print.sh: $2" >&2
    exit 2
}

usage() {
    say "用法：sh print.sh [选项]
把 print-list.txt 所列的文件按次序、按份数送打印机（CUPS 的 lp）。

  -n                  只列出要打什么、合计多少张，不打印
  -d NAME             打印机（或环境变量 PRINTER）；不写则用默认打印机
  --by paper|person   按材料种类（默认，同种材料合在一个文件里），或按人，每人各份在一起
  --delegation TEXT   只打这个委托单位（文件夹名）
  --unit ID           只打这个单位
  --person ID         只打这个人
  --paper TEXT        只打这种材料（如 评审表）
  --from N            从第 N 项打起（-n 所列的序号）
  --changed           只打以前没有打过的，和打过以后又变了的
  -r                  接着打上次没有打完的
  --again             不管上次打完没有，都从头打
  --separators person|unit  按人打印时，每人（每个单位）之前加一张隔页
  --labels            只打袋面和册脊的标签
  --no-tally          不先打打印清单
  --pass A4|A3|colour 只打这一趟：普通纸张、A3 纸、彩色
  --two-pass          打印机只能单面：先打奇数页，翻面后再打偶数页
  -y                  各趟之间不停下来等换纸
  -h, --help          本说明

打过什么记在 print-log.txt（或环境变量 PRINT_LOG 所指的文件）。退出码：0 都已送出；2 没有送完，原因见提示。" \
        "usage: sh print.sh [options]
Hands the documents of print-list.txt to the printer (lp of CUPS), in order, in their copies.

  -n                  only list what would be printed, and how many sheets
  -d NAME             the printer (or \$PRINTER); else the default one
  --by paper|person   by paper (the default: all of one paper are one file), or each person's copies together
  --delegation TEXT   only this delegation (the name of its folder)
  --unit ID           only this unit
  --person ID         only this person
  --paper TEXT        only this paper (评审表)
  --from N            from the N-th job on, as -n counts them
  --changed           only what was never printed, or has changed since
  -r                  go on with the run that stopped
  --again             print from the start, whatever the last run came to
  --separators person|unit  by person: a sheet before each person's papers, or each unit's
  --labels            only the labels of bags and spines
  --no-tally          do not begin with the tally
  --pass A4|A3|colour only this pass
  --two-pass          for a printer of one side: odd pages, then, the stack turned, even ones
  -y                  do not wait for paper between passes
  -h, --help          this help

What was printed is kept in print-log.txt (or the file that \$PRINT_LOG names). Exit status: 0 all is handed over; 2 not all, as is said."
}

show=false wait=true again=false
by=paper delegation='' unit='' person='' paper='' from=1 changed=false resume=false pass='' twice=false
separators='' labels=false tally=true
printer=${PRINTER:-}

while [ $# -gt 0 ]; do
    case $1 in
    -h | --help)
        usage
        exit 0
        ;;
    -n) show=true ;;
    -y) wait=false ;;
    -r) resume=true ;;
    --again) again=true ;;
    --changed) changed=true ;;
    --two-pass) twice=true ;;
    --labels) labels=true ;;
    --no-tally) tally=false ;;
    -d | --by | --delegation | --unit | --person | --paper | --from | --pass | --separators)
        case ${2-} in '' | -) stop "$1 后面缺少内容" "$1 needs an argument" ;; esac # all would be printed
        case $1 in
        -d) printer=$2 ;;
        --by) by=$2 ;;
        --delegation) delegation=$2 ;;
        --unit) unit=$2 ;;
        --person) person=$2 ;;
        --paper) paper=$2 ;;
        --from) from=$2 ;;
        --pass) pass=$2 ;;
        --separators) separators=$2 by=person ;;
        esac
        shift
        ;;
    *)
        say "print.sh：没有“$1”这个选项；什么也没有打印" "print.sh: there is no option '$1'; nothing was printed" >&2
        usage >&2
        exit 2
        ;;
    esac
    shift
done
case $by in paper | person) ;; *) stop "--by 应为 paper 或 person，不是“$by”" "--by takes paper or person, not '$by'" ;; esac
case $separators in '' | person | unit) ;; *) stop "--separators 应为 person 或 unit，不是“$separators”" "--separators takes person or unit, not '$separators'" ;; esac
case $pass in '' | A4 | A3 | colour) ;; *) stop "--pass 应为 A4、A3 或 colour，不是“$pass”" "--pass takes A4, A3 or colour, not '$pass'" ;; esac
case $from in '' | *[!0-9]* | 0* | ????????*) stop "--from 应为 1 起的数，不是“$from”" "--from takes a number from 1 on, not '$from'" ;; esac

# Of a folder that cannot be written to the log is kept elsewhere.
log=${PRINT_LOG:-print-log.txt}
case $log in print-log.txt | /*) ;; *) log=$PWD/$log ;; esac
case $0 in */*) CDPATH='' cd -- "${0%/*}" || exit 2 ;; esac
list=print-list.txt
tab=$(printf '\t')

# A list that a copy has cut short would print only some.
[ ! -e "$log" ] || [ -f "$log" ] || stop "$log 不是普通文件；可用环境变量 PRINT_LOG 另指定一个" "$log is no regular file: name another one in the variable PRINT_LOG"
[ -r "$list" ] || stop "没有 $list，请与本脚本放在一起" "there is no $list beside this script"
awk 'END { if ($0 != "# end " NR - 2) exit 1 }' "$list" ||
    stop "$list 不完整，请重新复制，或再运行一次 package" "$list is not whole: copy it again, or run package again"

# What the last run was asked for, and whether it came to its end.
last=$([ -r "$log" ] && awk -F '\t' '$1 == "begin" { b = $0 } $1 == "end" { b = "" } END { print b }' "$log")
if $resume; then
    [ -n "$last" ] || stop "上次已经打完，没有要接着打的" "the last run came to its end: there is nothing to go on with"
    field() { printf '%s\n' "$last" | cut -f "$1" | sed 's/^-$//'; }
    by=$(field 3) delegation=$(field 4) unit=$(field 5) person=$(field 6) paper=$(field 7)
    from=$(field 8) changed=$(field 9) pass=$(field 10) twice=$(field 11)
    separators=$(field 12) labels=$(field 13) tally=$(field 14)
    case $tally in
    true | false) ;;
    *) stop "$log 没有记全上次要打什么：加 --again 从头打" "$log does not say all that the last run was asked for: --again prints from the start" ;;
    esac
elif [ -n "$last" ] && ! $again && ! $show; then
    stop "上次没有打完：加 -r 接着打，加 --again 从头打" "the last run did not come to its end: -r goes on, --again prints from the start"
fi

# The jobs, a line each: number, pass, then the columns of the list. Whoever chooses among people gets documents,
# not the files that hold all people. A separator goes with the first job of its person or unit in each pass.
choose() {
    { [ -r "$log" ] && cat "$log"; printf '\nlist\n'; cat "$list"; } |
        of_delegation="$delegation" of_unit="$unit" of_person="$person" of_paper="$paper" awk -F '\t' -v OFS='\t' -v by="$by" \
        -v changed="$changed" -v pass="$pass" -v separators="$separators" -v labels="$labels" -v tally="$tally" '
        BEGIN {
            delegation = ENVIRON["of_delegation"] "" # a text, which 01 and 1 are not the same of
            unit = ENVIRON["of_unit"] ""
            person = ENVIRON["of_person"] ""
            paper = ENVIRON["of_paper"] ""
            some = unit != "" || person != "" || changed == "true"
            each = by == "person" || some
            wanted = separators == "unit" ? "unit" : "separator"
        }
        function put(this, rank) { print this, by == "person" ? $14 : 0, rank, NR, $0 }
        $1 == "list" && NF == 1 { in_list = 1; next }
        !in_list && $1 == "sent" && $4 != "odd" { sent[$2] = $3 "" } # the last: what is as it was before that is another again
        !in_list || /^#/ { next }
        delegation != "" && $10 != delegation { next }
        $1 == "labels" { if (labels == "true") put(1, 0); next }
        labels == "true" { next }
        $1 == "tally" { if (tally == "true" && !some && paper == "" && pass != "A3" && pass != "colour") put(0, 0); next }
        $1 == "separator" || $1 == "unit" {
            owner = $1 == "unit" ? $10 SUBSEP $11 : $12
            for (this = 1; separators != "" && $1 == wanted && this <= 3; this++)
                if ((this, owner) in first) put(this, 0)
            next
        }
        $1 == (each ? "run" : "document") { next }
        unit != "" && $11 != unit || person != "" && $12 != person || paper != "" && $9 != paper { next }
        changed == "true" && sent[$2] == $8 "" { next }
        {
            this = $6 == "colour" ? 3 : $5 == "A3" ? 2 : 1
            if (pass != "" && this != (pass == "A4" ? 1 : pass == "A3" ? 2 : 3))
                next
            first[this, wanted == "unit" ? $10 SUBSEP $11 : $12] = 1
            put(this, 1)
        }
        END { print 9, 0, 0, 0, "all" }' | sort -t "$tab" -k 1,1n -k 2,2n -k 3,3n -k 4,4n | cut -f 1,5- |
        awk -F '\t' -v OFS='\t' '$2 == "all" { all = 1; next } { print NR, $0 } END { exit !all }'
}

selected=$(choose) || stop "无法读出要打印的" "the jobs could not be chosen"
lost() { stop "记不进 $log（$1），请腾出空间或另指定 PRINT_LOG" "$log cannot be written ($2): free some room, or name another file in PRINT_LOG"; }
[ -n "$selected" ] || {
    ! $resume || printf 'end\n' >>"$log" || lost "已经打完" "all is printed"
    say "没有要打印的" "there is nothing to print"
    exit 0
}

jobs=$(printf '%s\n' "$selected" | wc -l)
$resume || [ "$from" -le "$jobs" ] || stop "只有 $((jobs)) 项，没有第 $from 项" "there are $((jobs)) jobs, and no job $from"

tally() {
    printf '%s\n' "$selected" | awk -F '\t' -v from="$from" -v zh="$zh" '
        $1 < from { next }
        {
            printf "%4d  %s  %s × %d  %s %s%s\n", $1, $11, ($14 != "-" ? $14 " " $15 : $12), $5, $7,
                   ($6 == "one-sided" ? (zh == "true" ? "单面" : "one side") : (zh == "true" ? "双面" : "both sides")),
                   ($8 == "colour" ? (zh == "true" ? " 彩色" : " colour") : "")
            if (!($11 in sheets)) order[++n] = $11
            copies[$11] += $5 * $18
            sheets[$11] += $5 * $9
            all += $5 * $9
        }
        END {
            for (i = 1; i <= n; i++)
                printf (zh == "true" ? "合计  %s  %d 份  %d 张\n" : "total  %s  %d copies  %d sheets\n"), order[i],
                       copies[order[i]], sheets[order[i]]
            printf (zh == "true" ? "共 %d 张纸\n" : "%d sheets of paper\n"), all
        }'
}
if $show; then
    tally
    exit 0
fi

has() { command -v "$1" >/dev/null 2>&1; }
has lp || stop "没有 lp 命令（apt-get install cups-client）" "there is no lp command (apt-get install cups-client)"
if [ -z "$printer" ] && has lpstat; then
    printer=$(LC_ALL=C lpstat -d 2>/dev/null | sed -n 's/^system default destination: //p')
fi

# What the queue cannot do is said before anything is queued.
options=$(has lpoptions && LC_ALL=C lpoptions ${printer:+-p "$printer"} -l 2>/dev/null)
wants() { printf '%s\n' "$selected" | awk -F '\t' -v from="$from" -v column="$1" -v value="$2" '$1 >= from && $column == value { f = 1 } END { exit !f }'; }
offers() { printf '%s\n' "$options" | grep "^$1" | grep -Eq "[ *]($2)( |\$)"; }
if [ -n "$options" ]; then
    if wants 7 A3 && printf '%s\n' "$options" | grep -q '^PageSize' && ! offers PageSize 'A3[^ ]*|297x420mm'; then
        stop "打印机 $printer 没有 A3 纸：加 --pass A4 先打其他的，A3 的用 -d 换打印机" \
            "printer $printer has no A3: print the others by --pass A4, and A3 on another one (-d)"
    fi
    if wants 6 two-sided-long-edge && ! $twice && ! offers Duplex 'Duplex[A-Za-z]*'; then
        stop "打印机 $printer 不能双面打印：加 --two-pass 分两次打，或用 -d 换打印机" \
            "printer $printer prints one side only: use --two-pass, or another one (-d)"
    fi
fi
empty=$(printf '%s\n' "$selected" | while IFS=$tab read -r number _ _ file _; do
    [ "$number" -lt "$from" ] || [ -s "./$file" ] || printf '%s ' "$file"
done)
[ -z "$empty" ] || stop "这些文件没有或是空的，什么也没有打印：$empty" "these files are missing or empty, and nothing was printed: $empty"

# CUPS keeps 500 jobs and refuses more; a queue that has stopped takes jobs all the same.
wait_for_room() {
    has lpstat || return 0
    while :; do
        if LC_ALL=C lpstat ${printer:+-p "$printer"} 2>/dev/null | grep -q ' disabled '; then
            stop "打印机停住了，排除故障后加 -r 接着打" "the printer has stopped: mend it, then go on by -r"
        fi
        [ "$(LC_ALL=C lpstat -o ${printer:+"$printer"} 2>/dev/null | wc -l)" -ge "${PRINT_MOST_JOBS:-100}" ] || return 0
        sleep "${PRINT_WAIT:-2}"
    done
}

pause() {
    if $wait && [ -t 0 ]; then
        say "$1；按回车继续" "$2; press Enter to go on"
        read -r _
    else
        say "$1" "$2"
    fi
}

# part: the pass of a job that is printed in two.
send() {
    part=$1
    shift
    if $resume && awk -F '\t' -v file="$file" -v key="$key" -v part="$part" '
        $1 == "begin" { f = 0 }
        $1 == "sent" && $2 == file && $3 == key && $4 == part { f = 1 }
        END { exit !f }' "$log"; then
        return 0
    fi
    wait_for_room
    answer=$(LC_ALL=C lp ${printer:+-d "$printer"} -n "$copies" -o media="$media" -o collate=true -o job-sheets=none,none \
        -o number-up=1 -o print-scaling=none "$@" -t "$title" -- "./$file" 2>&1) ||
        stop "第 $number 项没有送出（$file）：$answer；排除故障后加 -r 接着打" \
            "job $number was not taken ($file): $answer; mend it, then go on by -r"
    id=$(printf '%s\n' "$answer" | sed -n 's/^request id is \([^ ]*\).*/\1/p')
    printf 'sent\t%s\t%s\t%s\t%s\n' "$file" "$key" "$part" "${id:--}" >>"$log" ||
        lost "第 $number 项已送出，-r 会再打一次" "job $number was taken, and -r would print it again"
    # With a file of all people each one's document is printed, too.
    [ "$how" != run ] || [ "$part" = odd ] || awk -F '\t' -v OFS='\t' -v run="$file" -v id="${id:--}" '
        $1 == "document" && $15 == run { print "sent", $2, $8, "-", id }' "$list" >>"$log" || lost "第 $number 项" "job $number"
}

print_job() {
    title="$paper_name $who"
    set --
    whole=-
    case $how in
    separator | unit)
        set -- -o page-ranges="$run"
        whole="page $run"
        ;;
    esac
    [ "$colour" != colour ] || set -- -o print-color-mode=color
    if ! $twice || [ "$sides" = one-sided ]; then
        send "$whole" -o sides="$sides" "$@"
        return
    fi
    send odd -o sides=one-sided -o page-set=odd "$@"
    pause "“$title”的奇数页已送出：打完后把整叠翻面放回纸盒" "the odd pages of '$title' are sent: put the stack back, turned"
    send even -o sides=one-sided -o page-set=even -o outputorder=reverse "$@"
}

# What a kill or a full disk has cut ends here, so that the next line stands alone.
[ ! -s "$log" ] || [ -z "$(tail -c 1 "$log")" ] || printf '\n' >>"$log" || lost "上次的末行不完整" "its last line is cut"
if ! $resume; then
    dash() { if [ -n "$1" ]; then printf '%s' "$1"; else printf '%s' -; fi; }
    printf 'begin\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n' "$(date '+%Y-%m-%d %H:%M')" "$by" "$(dash "$delegation")" \
        "$(dash "$unit")" "$(dash "$person")" "$(dash "$paper")" "$from" "$changed" "$(dash "$pass")" "$twice" \
        "$(dash "$separators")" "$labels" "$tally" >>"$log" ||
        stop "不能写 $log；可用环境变量 PRINT_LOG 另指定一个文件" "cannot write $log: name another file in the variable PRINT_LOG"
fi
before=0
exec 3<<END
$selected
END
while IFS=$tab read -r number this how file copies sides media colour _ key paper_name in_delegation _ ident name _ run _ <&3; do
    [ "$number" -ge "$from" ] || continue
    who="$ident $name"
    [ "$ident" != - ] || who=$in_delegation
    if [ "$before" != 0 ] && [ "$before" != "$this" ]; then
        case $this in
        2) pause "下一趟用 A3 纸" "the next pass is on A3" ;;
        3) pause "下一趟是彩色的" "the next pass is in colour" ;;
        esac
    fi
    [ "$this" = 0 ] || before=$this
    print_job
done
printf 'end\n' >>"$log" || lost "已经打完" "all is printed"
