#!/bin/sh
# Sparse connectivity: fully connected networks on the left, windows of 3 on the right.
exec connectivity draw 5 fc:5 // 5 sparse:3,p=1 // 5 fc:5 fc:5 // 5 sparse:3,p=1 sparse:3,p=1 --columns 2 "$@"
