{% from "steps.dockerfile" import fetching, install_apart, install_project, make_wheels, put_archives_aside, then_check %}
{% if environment_stage == "build" %}
# Everything is built and installed in a stage of its own: what only that needs stays out of the image.
{% elif packages %}
# The project becomes a wheel in a stage of its own: what only the build needs stays out of the image.
{% else %}
# The archives in the project are installed in a stage of their own: the image gets the result.
{% endif %}
FROM {{ tool_image }} AS build
{% if tool_image == runtime_image %}
USER 0
{% endif %}
{% set uv_here = how.uv %}
{% include "arguments.dockerfile" %}
{% if how.uv and not how.mounts %}
COPY --from={{ how.uv }} /uv /usr/local/bin/
{% endif %}
{% if build_requirements %}
{% if build_requirements.configured %}
COPY requirements/build/ /src/requirements/build/
{{ fetching(how) }}/nix/runtime/bin/python -m venv --without-pip /mnt/build && \
    uv pip install --directory /src/requirements/build --python /mnt/build --requirement pyproject.toml
{% else %}
COPY requirements/build.txt /src/requirements/
{{ fetching(how) }}/nix/runtime/bin/python -m venv --without-pip /mnt/build && \
{% if how.uv %}
    uv pip install --python /mnt/build --requirement /src/requirements/build.txt
{% else %}
    {{ how.pip }} --python /mnt/build/bin/python install --requirement /src/requirements/build.txt
{% endif %}
{% endif %}
{% endif %}
{% if dependencies and environment_stage == "build" %}
{% set mounted = false %}
{% set clears = false %}
{% include "install.dockerfile" %}
{% elif how.settings and environment_stage == "build" %}
COPY requirements/run/ {{ how.settings }}/
{% endif %}
COPY project/ /src/project/
{% for package in packages if package.writes_alternatives %}
{% if loop.first %}
# Alternatives of Poetry become plain requirements in the wheel: pip and uv refuse `six (1.0 || 2.0)`.
{% endif %}
{% endfor %}
{% for package in packages if package.data_is_in_repository %}
{% if loop.first %}
# The repository, which is not here, says which data belongs to the packages: all that is in the context does.
{% endif %}
{% endfor %}
{{ fetching(how, project_fetches) }}
{%- if packages %}
{{ make_wheels(how, packages) }}
{%- if installs_apart or environment_stage == "build" or (archives and not ships_source) %}
 && \
    {%+ endif %}
{% endif %}
{% if installs_apart %}
{{ install_apart(how, packages, archives) }}{{ then_check(entry_point, "project") }}
{%- elif environment_stage == "build" %}
{{ install_project(how, how.uv, packages, archives, how.source) }}{{ then_check(entry_point, "project") }}
{%- elif not ships_source %}
{{ put_archives_aside(archives, archive_folder) }}
{%- endif %}

