#!/bin/sh
# Networks of 3-4-2 and 3-4-4-1 units, a colour for each layer. (CS231n.)
exec connectivity draw 3 fc:4 fc:2 // 3 fc:4 fc:4 fc:1 --color-by layer "$@"
