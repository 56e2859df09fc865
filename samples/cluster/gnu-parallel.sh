#!/bin/sh
# sh gnu-parallel.sh BATCH.xml OUT [SHARDS]   - a batch in parts by GNU parallel, then the whole.
# For several machines add --sshloginfile FILE to parallel; BATCH.xml and OUT must be there under the same paths.
batch=${1:?usage: gnu-parallel.sh BATCH.xml OUT [SHARDS]} out=${2:?usage: gnu-parallel.sh BATCH.xml OUT [SHARDS]} n=${3:-4}
shenbao=${SHENBAO:-shenbao}

# -j1: parallel has a job for each core already. 3 (some applicants failed) is no reason to stop.
seq "$n" | parallel "$shenbao" package -q -j1 "$batch" -o "$out" --shard "{}/$n" '||' '[ $? = 3 ]' || exit 2
exec "$shenbao" package "$batch" -o "$out"
