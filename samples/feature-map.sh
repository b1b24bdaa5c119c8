#!/bin/sh
# A convolution makes a feature map. (Theano tutorial, conv_1D_nn.)
exec connectivity draw 5 conv:3 --direction BT --box y --layer-title "layer m − 1" --layer-title "feature map" "$@"
