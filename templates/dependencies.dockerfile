{% if build_apt %}
# The dependencies in a stage of their own: what only their installation needs stays out of the image.
{% elif agentix_version %}
# The dependencies beside the runtime: what installs them stays out of the image.
{% else %}
# The dependencies in a stage of their own: uv, which installs them, stays out of the image.
{% endif %}
FROM {{ tool_image }} AS dependencies
{% if tool_image == runtime_image %}
USER 0
{% endif %}
{% set uv_here = how.uv %}
{% include "arguments.dockerfile" %}
{% if how.uv and not how.mounts %}
COPY --from={{ how.uv }} /uv /usr/local/bin/
{% endif %}
{% set mounted = false %}
{% set clears = false %}
{% include "install.dockerfile" %}
