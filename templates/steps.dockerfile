{% from "secrets.dockerfile" import fetch_mounts, fetch_with %}
{# Parts of build steps. `how.mounts` is true if the builder supports mounts. `how.uv` is the uv image, if any. #}

{# Starts a step that runs the installer. `fetches`: the step may download. `build`: the step mounts the build stage. #}
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

{# Builds a wheel of each package of the project. A backend may write to its working folder, so it runs in a copy. It
   may also look for its own program on PATH, as uv_build does. PEP 517: its folder is the working folder. #}
{% macro make_wheels(how, packages) %}
mkdir /tmp/wheels && cp -a /src/project /tmp/project{% for package in packages %} && \
    {%+ if package.version_variable %}{{ package.version_variable.name }}={{ package.version_variable.version }} {% endif %}
{% if package.backend -%}
PATH="/mnt/build/bin:$PATH" /mnt/build/bin/python -I -c "import os; os.chdir('/tmp/project{{ package.folder }}'); {{ package.backend }}; backend.build_wheel('/tmp/wheels')"
{%- elif how.uv -%}
uv build --directory /tmp/project{{ package.folder }} --python /nix/runtime --wheel --out-dir /tmp/wheels
{%- else -%}
/nix/runtime/bin/pip wheel --no-deps --wheel-dir /tmp/wheels /tmp/project{{ package.folder }}
{%- endif %}
{% endfor %}
{%- endmacro %}

{# Installs the wheels and the local archives, with uv or with pip. By default, pip keeps an installed package of the same
   version, even if its content differs; `--force-reinstall` replaces it. Without `--no-deps`, pip would also reinstall
   all dependencies. #}
{% macro install_project(uv, packages, dependencies_known, archives) %}
{% if uv -%}
uv pip install --python /nix/runtime{% if dependencies_known %} --no-deps --offline{% endif %}
{%- if packages %} /tmp/wheels/*.whl{% endif %}
{%- elif packages -%}
/nix/runtime/bin/pip install --no-deps --no-index --force-reinstall /tmp/wheels/*.whl
{%- if not dependencies_known %} && \
    /nix/runtime/bin/pip install /tmp/wheels/*.whl{% endif %}
{%- else -%}
/nix/runtime/bin/pip install{% if dependencies_known %} --no-deps --no-index{% endif %}
{%- endif %}
{%- for archive in archives %} "{{ archive }}"{% endfor %}
{%- endmacro %}

{# The check that the server is there. `then_check` appends it to a step, if this is the step for it. #}
{% macro then_check(entry_point, step) %}
{% if entry_point and entry_point.step == step %}
 && \
    {{ check_server(entry_point) }}
{%- endif %}
{% endmacro %}
{% macro check_server(entry_point) %}
if {% if not entry_point.is_certain %}[ "${AGENTIX_BIND_PORT:-}" ] && {% endif %}[ ! -x {{ entry_point.server }} ]; then \
      echo 'the entry point {{ entry_point.server }} is missing or not executable' >&2; exit 1; \
    fi
{%- endmacro %}
