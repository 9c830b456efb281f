{% from "steps.dockerfile" import fetching, install_project, make_wheels, then_check %}
{% from "secrets.dockerfile" import fetch_with %}
{% if environment_stage == "build" %}
# Everything is built and installed in a stage of its own: what only that needs stays out of the image.
{% elif not how.apart %}
# What only the build needs, in a stage of its own: it stays out of the image.
{% else %}
# The project becomes a wheel in a stage of its own: what only the build needs stays out of the image.
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
RUN /nix/runtime/bin/python -m venv --without-pip /mnt/build
{% if build_requirements.configured %}
COPY requirements/build/ /src/requirements/build/
{{ fetching(how) }}uv pip install --directory /src/requirements/build --python /mnt/build --requirement pyproject.toml
{% else %}
COPY requirements/build.txt /src/requirements/
{% if how.uv %}
{{ fetching(how) }}uv pip install --python /mnt/build --requirement /src/requirements/build.txt
{% else %}
{{ fetching(how) }}/nix/runtime/bin/pip --python /mnt/build/bin/python install --requirement /src/requirements/build.txt
{% endif %}
{% endif %}
{% endif %}
{% if dependencies and environment_stage == "build" %}
{% include "install.dockerfile" %}
{% endif %}
{% if how.apart %}
COPY project/ /src/project/
{% if packages %}
{{ fetching(how, project_fetches) }}{{ make_wheels(how, packages) }}
{% endif %}
{% if environment_stage == "build" %}
{{ fetching(how, not dependencies_known) }}
{{- install_project(how.uv, packages, dependencies_known, archives) }}{{ then_check(entry_point, "project") }}
{% endif %}
{% endif %}
