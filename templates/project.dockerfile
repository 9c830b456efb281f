{% from "steps.dockerfile" import add_modules, fetching, install_project, then_check %}
{% set runs_from_source = not is_package and not interpreter %}
{% if runs_from_source and environment_stage != "build" %}
{{ add_modules(how.source, project_folder, has_modules_in_src) }}

{% endif %}
{% if not packages %}
# The project: it is no package, so it stays as it is.
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
{% elif runs_from_source and environment_stage == "build" %}
{{ add_modules(how.source, project_folder, has_modules_in_src) }}
{% endif %}
