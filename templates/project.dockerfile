{% from "steps.dockerfile" import fetching, install_project, then_check %}
{% if not packages %}
# The project: it is no package, so its modules are found where they lie.
{% elif ships_source %}
# The project: its source, and what its wheel installs.
{% else %}
# The project, as its wheel installs it: source and tests stay in the stage that built it.
{% endif %}
{% if ships_source %}
COPY project/ /src/project/
{% endif %}
{% if environment_stage == "build" %}
{% include "environment-stage.dockerfile" %}
{% elif installs_apart %}
COPY --from=build /mnt/project/ /nix/runtime/
{% elif packages or archives %}
{% if packages %}
COPY --from=build /tmp/wheels/ /tmp/wheels/
{% endif %}
{{ fetching(how) }}{{ install_project(how, how.uv and how.mounts, packages, archives, archive_folder) }}
{%- if packages %} && rm -r /tmp/wheels{% endif %}
{{ then_check(entry_point, "project") }}
{% endif %}
{% if not is_package and interpreter %}
{% include "portable-source.dockerfile" %}
{% elif not is_package %}
ENV PYTHONPATH=/src/project{{ project_folder }}{% if has_modules_in_src %}:/src/project{{ project_folder }}/src{% endif %}

{% endif %}
