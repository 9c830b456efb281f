{# Parts of a step that fetches packages: mounts, which follow `RUN`, and the setup, which precedes the command. #}
{% macro fetch_mounts(fetch) %}
{% for secret in fetch.secrets %}
--mount=type=secret,id={{ secret.id }}
{%- if secret.target %},target={{ secret.target }}{% endif %}
{%- if secret.required %},required=true{% endif %} \
    {%+ endfor %}
{% for id in fetch.ssh %}
--mount=type=ssh,id={{ id }},required=true \
    {%+ endfor %}
{{ trust_mount(fetch) }}
{%- endmacro %}
{% macro trust_mount(fetch) %}
{% if fetch.certificate and fetch.mounts %}
--mount=type=bind,source=trust,target=/run/trust \
    {%+ endif %}
{%- endmacro %}
{% macro fetch_with(fetch) %}
{% if fetch.credentials or fetch.pip_conf or fetch.certificate %}
set -eu; \
    {%+ endif %}
{% if fetch.credentials %}
for name in{% for variable in fetch.credentials %} {{ variable }}{% endfor %}; do \
      if [ -f "/run/secrets/$name" ]; then export "$name=$(cat "/run/secrets/$name")"; fi; \
    done; \
    {%+ endif %}
{% if fetch.pip_conf %}
export PIP_CONFIG_FILE=/run/secrets/pip-conf; \
    {%+ endif %}
{{ trust(fetch) }}
{%- endmacro %}
{% macro trust(fetch) %}
{% if fetch.certificate %}
. /run/trust/trust.sh; \
    {%+ endif %}
{%- endmacro %}
