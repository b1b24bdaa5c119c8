#!/bin/sh
# Two sparse layers of width 3: the unit on top sees five inputs. (Theano tutorial, sparse_1D_nn.)
exec connectivity draw 5 sparse:3 sparse:3 --direction BT --layer-title "layer m − 1" --layer-title "layer m" --layer-title "layer m + 1" "$@"
