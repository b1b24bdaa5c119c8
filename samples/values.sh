#!/bin/sh
# The values of all units, computed: one kernel with stride 1 and stride 2. (CS231n.)
exec connectivity draw 7,values=0/1/2/-1/1/-3/0 conv:3,weight=1/0/-1 // 7,values=0/1/2/-1/1/-3/0 conv:3,s=2,weight=1/0/-1 --show values --direction BT --panel-title "stride 1" --panel-title "stride 2" "$@"
