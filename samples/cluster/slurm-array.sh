#!/bin/sh
# sh slurm-array.sh BATCH.xml OUT [SHARDS]   - submits an array of shards, and a run over the whole that waits for them.
batch=$(realpath "${1:?usage: slurm-array.sh BATCH.xml OUT [SHARDS]}") out=$(realpath -m "${2:?name the output folder}") n=${3:-16}
shenbao=${SHENBAO:-shenbao}

# --shard auto reads SLURM_ARRAY_TASK_ID, _MIN and _COUNT. Status 3 (some applicants failed) counts as done: the last run reports it.
array=$(sbatch --parsable --array="1-$n" --cpus-per-task=2 --mem=2G --time=1:00:00 --job-name=shenbao --requeue \
  --wrap "'$shenbao' package -q -j2 '$batch' -o '$out' --shard auto || [ \$? = 3 ]") || exit 2
sbatch --dependency="afterok:${array%%;*}" --cpus-per-task=4 --mem=4G --time=2:00:00 --job-name=shenbao-whole \
  --wrap "exec '$shenbao' package '$batch' -o '$out'"
