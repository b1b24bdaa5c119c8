#!/bin/sh
# Weight sharing: the same sparse network with and without; on the right, one colour is one weight.
exec connectivity draw 7 sparse:3 sparse:3 // 7 conv:3 conv:3 "$@"
