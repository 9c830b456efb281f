{% from "secrets.dockerfile" import fetch_mounts, fetch_with %}
{# Parts of build steps. `how.mounts` is true if the builder supports mounts. `how.uv` is the uv image, if any. #}

{# Starts a step that runs the installer. `fetches`: the step may download. `mounted`: it reads the requirements from the
   context. Podman and buildah do not notice that a mounted file has changed; they do notice another digest. #}
{% macro fetching(how, fetches=true, mounted=false) %}
RUN {% if how.mounts and how.uv %}
--mount=type=cache,target=/var/cache/uv \
    --mount=type=bind,from={{ how.uv }},source=/uv,target=/usr/local/bin/uv \
    {%+ elif how.mounts %}
--mount=type=cache,target=/var/cache/pip \
    {%+ endif %}
{% if mounted %}
--mount=type=bind,source=requirements/run,target={{ how.mount_point }} \
    {%+ endif %}
{% if fetches %}
{{ fetch_mounts(how.fetch) }}{{ fetch_with(how.fetch) }}
{%- endif %}
{% if mounted %}REQUIREMENTS_DIGEST={{ how.requirements }} {% endif %}
{%- endmacro %}

{# Builds a wheel of each package of the project. A backend may look for its own program on PATH, as uv_build does.
   PEP 517: its folder is the working folder. #}
{% macro make_wheels(how, packages) %}
mkdir -p /tmp/wheels{% for package in packages %} && \
    {%+ if package.data_is_in_repository %}{{ include_data(package) }} && \
    {%+ endif %}
{%- if package.version_variable %}{{ package.version_variable.name }}={{ package.version_variable.version }} {% endif %}
{% if package.backend -%}
PATH="/mnt/build/bin:$PATH" /mnt/build/bin/python -I -c "import os; os.chdir('/src/project{{ package.folder }}'); {{ package.backend }}; backend.build_wheel('/tmp/wheels')"
{%- elif how.uv -%}
uv build --directory /src/project{{ package.folder }} --python /nix/runtime --wheel --out-dir /tmp/wheels
{%- else -%}
{{ how.pip }}{{ how.pip_target }} wheel --no-deps --wheel-dir /tmp/wheels /src/project{{ package.folder }}
{%- endif %}
{% if package.writes_alternatives %} && \
    {{ without_alternatives() }}
{%- endif %}
{% endfor %}
{%- endmacro %}

{# Has setuptools take all data in packages, before the lines of a `MANIFEST.in` that leave some out. An extension that was
   built on the machine with the source is no data. #}
{% macro include_data(package) -%}
/nix/runtime/bin/python -I -c "from pathlib import Path; file = Path('/src/project{{ package.folder }}/MANIFEST.in'); lines = file.read_bytes() if file.exists() else b''; file.write_bytes(b'global-include *\nglobal-exclude *.cpython-*.so *.abi3.so\n' + lines)"
{%- endmacro %}

{# Removes the versions of a dependency from the metadata of the last wheel where Poetry wrote alternatives: `six (1.0 || 2.0)`
   becomes `six`. pip and uv refuse the metadata otherwise. What is installed is decided before. #}
{% macro without_alternatives() -%}
/nix/runtime/bin/python -I -c "import glob, os, re, zipfile; path = max(glob.glob('/tmp/wheels/*.whl'), key=os.path.getmtime); old = zipfile.ZipFile(path); files = [(file, old.read(file)) for file in old.infolist()]; new = zipfile.ZipFile(path, 'w', zipfile.ZIP_DEFLATED); [new.writestr(file, re.sub(rb'(?m)^(Requires-Dist: [^ ]+) [(][^)]*[|][^)]*[)]', rb'\1', data) if file.filename.endswith('.dist-info/METADATA') else data) for file, data in files]; new.close()"
{%- endmacro %}

{# uv leaves a lock file in an environment that everybody can write to. #}
{% macro unlock(uv, apart=false) %}
{% if uv %} && \
    rm -f {% if apart %}/mnt/project{% else %}/nix/runtime{% endif %}/.lock
{%- endif %}
{%- endmacro %}

{# Installs the wheels and the local archives in a folder of their own, as if it was the environment. Some Pythons keep
   libraries in `lib64`, which is a link in an environment. #}
{% macro install_apart(how, packages, archives) %}
mkdir -p /mnt/project/lib && ln -s lib /mnt/project/lib64 && \
{% if how.uv %}
    uv pip install --python /nix/runtime --prefix /mnt/project --no-deps --offline
{%- else %}
    {{ how.pip }}{{ how.pip_target }} install --prefix /mnt/project --ignore-installed --no-deps --no-index
{%- endif %}
{%- if packages %} /tmp/wheels/*.whl{% endif %}
{%- for archive in archives %} "/src/project{{ archive.path }}{{ archive.extras }}"{% endfor %} && \
    rm /mnt/project/lib64
{{- unlock(how.uv, true) }}
{%- endmacro %}

{# Installs the wheels and the local archives, with what they require. By default, pip keeps an installed package of the
   same version, even if its content differs; `--force-reinstall` replaces it. Without `--no-deps`, pip would also
   reinstall all dependencies.
   A wheel may require another one by the folder that it was built in, which no installer finds here: with several wheels,
   what they require is read from their metadata, and such a requirement becomes a name. #}
{% macro install_project(how, uv, packages, archives, folder) %}
{% if packages and (how.several or not uv) -%}
{% if uv %}uv pip install --python /nix/runtime --no-deps --offline{% else %}{{ how.pip }}{{ how.pip_target }} install --no-deps --no-index --force-reinstall{% endif %} /tmp/wheels/*.whl && \
    {%+ endif %}
{%- if how.several -%}
/nix/runtime/bin/python -c "import re; from importlib.metadata import requires; names = [{% for package in packages %}'{{ package.name }}'{% if not loop.last %}, {% endif %}{% endfor %}]; parts = [r.partition(' @ file:') for name in names for r in requires(name) or ()]; print(*(h + (''.join(t.partition(' ;')[1:]) if re.sub('[-_.]+', '-', h.split('[')[0]).lower() in names else s + t) for h, s, t in parts), sep='\n')" > /tmp/wheels/requires.txt && \
    {%+ endif %}
{%- if uv -%}
uv pip install{% if how.settings %} --directory {{ how.settings }}{% endif %} --python /nix/runtime
{%- else -%}
{{ how.pip }}{{ how.pip_target }} install
{%- endif %}
{%- if how.several %} --requirement /tmp/wheels/requires.txt{% elif packages %} /tmp/wheels/*.whl{% endif %}
{%- for archive in archives %} "{{ folder }}{{ archive.path }}{{ archive.extras }}"{% endfor %}
{{- unlock(uv) }}
{%- endmacro %}

{# Copies the local archives beside the wheels. #}
{% macro put_archives_aside(archives, folder) %}
{% for archive in archives %}
mkdir -p {{ folder }}{{ archive.folder }} && cp /src/project{{ archive.path }} {{ folder }}{{ archive.path }}
{%- if not loop.last %} && \
    {%+ endif %}
{% endfor %}
{%- endmacro %}

{# Adds the modules of a project that is no package to the environment. Python looks there last: a module that is named
   like one of Python or of the server, such as `email`, does not keep the server from starting. With PYTHONPATH it would. #}
{% macro add_modules(root, folder, has_modules_in_src) %}
# Python finds the modules of the project where they lie, after its own and those that are installed.
RUN printf '%s\n' {{ root }}{{ folder }}{% if has_modules_in_src %} {{ root }}{{ folder }}/src{% endif %} > "$(echo /nix/runtime/lib/python3*/site-packages)/project.pth"
{%- endmacro %}

{# Removes distributions from the environment, if they are there. #}
{% macro uninstall(how, names) %}
{% if how.uv -%}
uv pip uninstall --quiet --python /nix/runtime
{%- else -%}
{{ how.pip }}{{ how.pip_target }} uninstall --yes --quiet --quiet
{%- endif %}
{%- for name in names %} {{ name }}{% endfor %}
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
{% if entry_point.load %}
    elif {% if not entry_point.is_certain %}[ "${AGENTIX_BIND_PORT:-}" ] && {% endif %}! /nix/runtime/bin/python -IBc "{{ entry_point.load }}"; then \
      echo 'the entry point {{ entry_point.server }} cannot be loaded' >&2; exit 1; \
{% endif %}
    fi
{%- endmacro %}
