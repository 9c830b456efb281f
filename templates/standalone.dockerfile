{% from "environment.dockerfile" import make_environment %}
# The runtime: an environment with the agentix server. What making it leaves elsewhere stays in this stage.
FROM {{ base_image }} AS runtime
{% set uv_here = false %}
{% include "arguments.dockerfile" %}
{{ make_environment(agentix_version) }}
