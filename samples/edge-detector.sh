#!/bin/sh
# A kernel of given weights, coloured by their value.
exec connectivity draw 8 conv:3,weight=1/0/-1 "$@"
