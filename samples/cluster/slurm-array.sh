#!/bin/sh
# sh slurm-array.sh BATCH.xml OUT [SHARDS]   - submits an array of shards, one that makes letters, rosters and print runs, and a run over
# the whole; each waits for the one before. A single task that failed is submitted again by: SHENBAO_SHARDS=16 sbatch --array=3 ...
batch=$(realpath "${1:?usage: slurm-array.sh BATCH.xml OUT [SHARDS]}") out=$(realpath -m "${2:?name the output folder}") n=${3:-16}
export SHENBAO="${SHENBAO:-shenbao}" BATCH="$batch" OUT="$out" SHENBAO_SHARDS="$n"
logs=${LOGS:-$(dirname "$out")}

# Logs name people: nobody else may read them.
umask 077

# The last run wants four processors, but no more than a node has: else it would wait for ever behind an array that is through.
cpus=$(sinfo -h -o %c 2>/dev/null | sort -n | tail -n 1)
cpus=${cpus%+}
[ "${cpus:-4}" -lt 4 ] || cpus=4

# A node without fonts would fail each task in seconds and so eat the array: the task goes to another one, three times at most. The last
# task's own number is the array's: _N names it alone. Slurm ends this script as soon as the task is taken back, hence the trap.
# Statuses 1 and 3 (all or some of the applicants of the part are at fault) count as done: the run over the whole reports them.
task='
"$SHENBAO" fonts -q || {
  [ "${SLURM_RESTART_COUNT:-0}" -lt 3 ] || exit 2
  trap "" TERM
  job=${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID
  others=$(scontrol show job "$job" | sed -n "s/.* ExcNodeList=\([^( ][^ ]*\).*/\1,/p")
  scontrol requeuehold "$job" && scontrol update JobId="$job" ExcNodeList="$others$SLURMD_NODENAME"
  scontrol release "$job"
  exit 2
}
"$SHENBAO" package -q "$BATCH" -o "$OUT" --shard auto'
ends='; case $? in 0 | 1 | 3) ;; *) exit 2 ;; esac'
submit() { sbatch --parsable --requeue --export=ALL --time="$1" --cpus-per-task="$2" --mem="$3" --job-name="$4" --output="$logs/$4-%A_%a.log" "$5" "$6" --wrap "$7"; }

first=$(submit 1:00:00 2 2G shenbao "--array=1-$n" --nice=0 "$task$ends") || exit 2
# afterany, not afterok: a task that was cancelled is made up for by the run over the whole.
second=$(submit 1:00:00 1 4G shenbao-print "--array=1-$n" "--dependency=afterany:${first%%;*}" "$task --part print$ends") || exit 2
submit 2:00:00 "$cpus" 4G shenbao-whole "--dependency=afterany:${second%%;*}" --nice=0 'exec "$SHENBAO" package "$BATCH" -o "$OUT"'
