# System packages: the Nix expression is built here, and all that it needs at run time is put aside.
FROM {{ nix.image }} AS nix
{% for name in arguments %}
ARG {{ name }}
{% endfor %}
ENV NIX_CONFIG="experimental-features = nix-command flakes"
ENV NIX_EXPRESSION={{ nix.expression | quote }}
WORKDIR /src/project
COPY project/ ./
RUN set -eu; \
    mkdir -p /export/store /export/.sys-paths; \
    nix-build --no-out-link {{ nix.caches }}"./$NIX_EXPRESSION" > /export/.sys-paths/project; \
    xargs nix-store --query --requisites < /export/.sys-paths/project > /tmp/closure; \
    while read -r path; do cp -a "$path" /export/store/; done < /tmp/closure
