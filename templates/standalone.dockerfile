{% from "environment.dockerfile" import add_server %}
{% from "steps.dockerfile" import fetching, unlock %}
{% if installs_framework %}
# The runtime: an environment, in which the dependencies bring the agentix server.
{% else %}
# The runtime: an environment with the agentix server. What making it leaves elsewhere stays in this stage.
{% endif %}
FROM {% if interpreter %}interpreter{% else %}{{ base_image }}{% endif %} AS runtime
{% if base_image == runtime_image and not interpreter %}
USER 0
{% endif %}
{% if installs_framework and how.uv %}
RUN python -m venv --without-pip /nix/runtime
{%- else %}
{% set uv_here = how.uv %}
{% include "arguments.dockerfile" %}
{% if how.uv and not how.mounts %}
COPY --from={{ how.uv }} /uv /usr/local/bin/
{% endif %}
{{ fetching(how) }}
{%- if how.uv -%}
python -m venv --without-pip /nix/runtime && \
    uv pip install --python /nix/runtime agentixx=={{ agentix_version }}
{%- else -%}
python -m venv /mnt/pip && \
    {{ how.pip }} install --upgrade pip && \
    python -m venv --without-pip /nix/runtime
    {%- if not installs_framework %} && \
    {{ how.pip }}{{ how.pip_target }} install agentixx=={{ agentix_version }}
    {%- endif %}
{%- endif %}
{{- unlock(how.uv) }}
{%- endif %}
{{- add_server(installs_server) }}
