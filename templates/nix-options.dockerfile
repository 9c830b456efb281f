{# The package set and the binary caches that `nix-build` uses. `prefetch` downloads a package set with a hash first. #}
{% macro prefetch(nix) %}
{% if nix.nixpkgs and nix.nixpkgs.hash %}
nix-prefetch-url --unpack --print-path '{{ nix.nixpkgs.place }}' '{{ nix.nixpkgs.hash }}' > /tmp/nixpkgs; \
    {%+ endif %}
{% endmacro %}
{% macro options(nix) %}
{{ nix.caches }}
{%- if nix.nixpkgs and nix.nixpkgs.hash %}-I "nixpkgs=$(tail -n 1 /tmp/nixpkgs)" {% elif nix.nixpkgs %}-I 'nixpkgs={{ nix.nixpkgs.place }}' {% endif %}
{% endmacro %}
