{% from "secrets.dockerfile" import fetch_mounts, fetch_with %}
{# Parts of build steps. `how` says what the builder understands (`mounts`) and where uv comes from (`uv`), if it does. #}

{# Starts a step that runs the installer, and may download where `fetches` says so. #}
{% macro fetching(how, fetches=true, build=false) %}
RUN {% if how.mounts and how.uv %}
--mount=type=cache,target=/var/cache/uv \
    --mount=type=bind,from={{ how.uv }},source=/uv,target=/usr/local/bin/uv \
    {%+ elif how.mounts %}
--mount=type=cache,target=/var/cache/pip \
    {%+ endif %}
{% if build %}
--mount=type=bind,from=build,source=/mnt,target=/mnt \
    {%+ endif %}
{% if fetches %}
{{ fetch_mounts(how.fetch) }}{{ fetch_with(how.fetch) }}
{%- endif %}
{%- endmacro %}

{# Makes a wheel of each package of the project. A backend may write where it works, so it works on a copy; and it may look
   for a program of its own on PATH, as uv_build does. #}
{% macro make_wheels(how, packages) %}
mkdir /tmp/wheels && cp -a /src/project /tmp/project{% for package in packages %} && \
    cd /tmp/project{{ package.folder }} && \
    {%+ if package.version_variable %}{{ package.version_variable.name }}={{ package.version_variable.version }} {% endif %}
{% if package.backend -%}
PATH="/mnt/build/bin:$PATH" /mnt/build/bin/python -I -c "{{ package.backend }}; backend.build_wheel('/tmp/wheels')"
{%- elif how.uv -%}
uv build --python /nix/runtime --wheel --out-dir /tmp/wheels
{%- else -%}
/nix/runtime/bin/pip wheel --no-deps --wheel-dir /tmp/wheels .
{%- endif %}
{% endfor %}
{%- endmacro %}

{# Lets pip install the wheels. By itself it leaves a package alone that the image has of the same version, whatever is in
   it; forced to look up dependencies too, it would install all of those again. #}
{% macro pip_install(dependencies_known, archives) %}
/nix/runtime/bin/pip install --no-deps --no-index --force-reinstall /tmp/wheels/*.whl
{%- if not dependencies_known %} && \
    /nix/runtime/bin/pip install /tmp/wheels/*.whl{% endif %}
{%- for archive in archives %} "{{ archive }}"{% endfor %}
{%- endmacro %}
