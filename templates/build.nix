# Calls the project's expression. A function gets the arguments that have no default: `pkgs`, and packages by their
# name. Everything is evaluated only if it is used: an expression that takes no packages needs no nixpkgs.
{ expression }:
let
  pkgs = import <nixpkgs> { };
  argument = name: {
    inherit name;
    value = if name == "pkgs" then pkgs else pkgs.${name} or (throw "nixpkgs has no `${name}`, which ${expression} takes");
  };
  # `pkgs: …` instead of `{ pkgs }: …`.
  takesOneValue = function: builtins.length (builtins.split "<varpat " (builtins.toXML function)) > 1;
  call =
    function:
    let
      hasDefault = builtins.functionArgs function;
      names = builtins.filter (name: !hasDefault.${name}) (builtins.attrNames hasDefault);
    in
    function (if takesOneValue function then pkgs else builtins.listToAttrs (map argument names));
  resolve =
    value:
    if builtins.isFunction value then
      resolve (call value)
    else if builtins.isList value then
      map resolve value
    else
      value;
in
resolve (import expression)
