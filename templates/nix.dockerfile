{% from "nix-options.dockerfile" import options, prefetch %}
{% from "secrets.dockerfile" import trust, trust_mount %}
# System packages: the Nix expression is built here, and all that it needs at run time is put aside.
FROM {{ nix.image }} AS nix
{% for name in arguments %}
ARG {{ name }}
{% endfor %}
ENV NIX_CONFIG="experimental-features = nix-command flakes"
ENV NIX_EXPRESSION={{ nix.expression | quote }}
WORKDIR /src/project
COPY nix/ /src/nix/
COPY project/ ./
{% if how.fetch.certificate and not how.mounts %}
COPY trust/ /run/trust/
{% endif %}
RUN {{ trust_mount(how.fetch) }}set -eu; \
    {{ trust(how.fetch) }}mkdir -p /export/store /export/.sys-paths; \
    {{ prefetch(nix) }}nix-build --no-out-link {{ options(nix) }}--argstr expression "$PWD/$NIX_EXPRESSION" /src/nix/build.nix > /export/.sys-paths/project; \
    if [ ! -s /export/.sys-paths/project ]; then echo "$NIX_EXPRESSION has no package, which the image needs" >&2; exit 1; fi; \
    xargs nix-store --query --requisites < /export/.sys-paths/project > /tmp/closure; \
    while read -r path; do cp -a "$path" /export/store/; done < /tmp/closure
