#!/bin/sh
# Runs a script of this repository, or one of its tools, with the pinned Node: with-node.sh <script> [argument…]
case $0 in
  /*) root=${0%/*}/.. ;;
  */*) root=$PWD/${0%/*}/.. ;;
  *) root=$PWD/.. ;;
esac
root=$(cd "$root" && pwd) || exit 1

. "$root/scripts/node.sh"
ready_node
cd "$root" || exit 1
PATH=${node%/*}:$root/node_modules/.bin:$PATH # the tools start `node` by that name
export PATH
exec "$node" $node_flags "$@"
