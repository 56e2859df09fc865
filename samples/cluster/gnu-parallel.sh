#!/bin/sh
# sh gnu-parallel.sh BATCH.xml OUT [SHARDS]   - a batch in parts by GNU parallel, then the whole.
# For several machines add --sshloginfile FILE to parallel; BATCH.xml and OUT must be there under the same paths.
batch=${1:?usage: gnu-parallel.sh BATCH.xml OUT [SHARDS]} out=${2:?usage: gnu-parallel.sh BATCH.xml OUT [SHARDS]} n=${3:-4}
shenbao=${SHENBAO:-shenbao}

# -j1: parallel has a job for each core already. 1 and 3 (all or some applicants of a part failed) are no reason to stop. -q: of names
# with blanks.
for part in '' '--part print'; do
  # shellcheck disable=SC2086 # two words, or none
  seq "$n" | parallel -q sh -c '"$@"; case $? in 0 | 1 | 3) ;; *) exit 2 ;; esac' sh "$shenbao" package -q -j1 "$batch" -o "$out" --shard "{}/$n" $part || exit 2
done
exec "$shenbao" package "$batch" -o "$out"
