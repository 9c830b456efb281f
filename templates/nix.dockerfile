{% from "secrets.dockerfile" import trust, trust_mount %}
# System packages: the Nix expression is built here, and all that it needs at run time is put aside.
FROM {{ nix.image }} AS nix
{% for name in arguments %}
ARG {{ name }}
{% endfor %}
ENV NIX_CONFIG="experimental-features = nix-command flakes"
ENV NIX_EXPRESSION={{ nix.expression | quote }}
WORKDIR /src/project
COPY project/ ./
{% if how.fetch.certificate and not how.mounts %}
COPY trust/ /run/trust/
{% endif %}
RUN {{ trust_mount(how.fetch) }}set -eu; \
    {{ trust(how.fetch) }}mkdir -p /export/store /export/.sys-paths; \
    nix-build --no-out-link {{ nix.caches }}"./$NIX_EXPRESSION" > /export/.sys-paths/project; \
    xargs nix-store --query --requisites < /export/.sys-paths/project > /tmp/closure; \
    while read -r path; do cp -a "$path" /export/store/; done < /tmp/closure
