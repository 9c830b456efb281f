{% from "environment.dockerfile" import make_environment %}
{% from "secrets.dockerfile" import fetch_mounts, fetch_with %}
# The runtime: an environment with the agentix server. What making it leaves elsewhere stays in this stage.
FROM {{ base_image }} AS runtime
{% if base_image == runtime_image %}
USER 0
{% endif %}
{% set uv_here = false %}
{% include "arguments.dockerfile" %}
RUN {{ fetch_mounts(how.fetch) }}{{ fetch_with(how.fetch) }}{{ make_environment(agentix_version, installs_server) }}
