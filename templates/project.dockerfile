{% from "steps.dockerfile" import fetching, install_project, make_wheels, then_check %}
{% if not packages %}
# The project: it is no package, so its modules are found where they lie.
{% if environment_stage == "build" %}
{% include "environment-stage.dockerfile" %}
{% endif %}
COPY project/ /src/project/
{% if archives and environment_stage != "build" %}
{{ fetching(how, not dependencies_known) }}
{{- install_project(how.uv and how.mounts, packages, dependencies_known, archives) }}{{ then_check(entry_point, "project") }}
{% endif %}
{% else %}
# The project: its source, and its wheel in the environment.
{% if environment_stage == "build" %}
{% include "environment-stage.dockerfile" %}
COPY project/ /src/project/
{% elif how.apart %}
COPY project/ /src/project/
COPY --from=build /tmp/wheels/ /tmp/wheels/
{{ fetching(how, not dependencies_known) }}
{{- install_project(how.uv and how.mounts, packages, dependencies_known, archives) }} && rm -r /tmp/wheels{{ then_check(entry_point, "project") }}
{% else %}
{% if build_requirements %}
{# Podman and buildah do not notice that a mounted stage has changed. In podman up to 4.3, a mounted stage that comes
   from the cache is empty. Copying a file from the stage avoids both problems. #}
{% if build_requirements.configured %}
COPY --from=build /src/requirements/build/ /src/requirements/build/
{% else %}
COPY --from=build /src/requirements/build.txt /src/requirements/
{% endif %}
{% endif %}
COPY project/ /src/project/
{{ fetching(how, project_fetches, build_requirements) }}{{ make_wheels(how, packages) }} && \
    {{ install_project(how.uv, packages, dependencies_known, archives) }} && \
    rm -r /tmp/project /tmp/wheels{{ then_check(entry_point, "project") }}
{% endif %}
{% endif %}
{% if not is_package %}
ENV PYTHONPATH=/src/project{{ project_folder }}
{% endif %}
