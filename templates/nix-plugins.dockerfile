{% from "nix-options.dockerfile" import options, prefetch %}
{% from "secrets.dockerfile" import trust, trust_mount %}
# The Nix expressions that installed packages bring, apart, so that they are built again only if they change.
FROM environment AS plugins
COPY nix/find-plugins.py /src/nix/
RUN /nix/runtime/bin/python -I /src/nix/find-plugins.py /export

# The Nix packages of these expressions.
{% if nix.expression %}
FROM nix AS nix-plugins
{% else %}
FROM {{ nix.image }} AS nix-plugins
{% endif %}
{% for name in arguments %}
ARG {{ name }}
{% endfor %}
{% if not nix.expression %}
ENV NIX_CONFIG="experimental-features = nix-command flakes"
COPY nix/ /src/nix/
{% if nix.reads_project %}
COPY project/ /src/project/
{% endif %}
{% if how.fetch.certificate and not how.mounts %}
COPY trust/ /run/trust/
{% endif %}
{% endif %}
COPY --from=plugins /export/ /src/plugins/
RUN {{ trust_mount(how.fetch) }}set -eu; \
    {{ trust(how.fetch) }}{% if not nix.expression %}{{ prefetch(nix) }}{% endif %}
/bin/sh /src/nix/build-plugins.sh {{ options(nix) }}< /src/plugins/expressions
