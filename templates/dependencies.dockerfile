# The dependencies in a stage of their own: uv, which installs them, stays out of the image.
FROM {{ tool_image }} AS dependencies
{% set uv_here = true %}
{% include "arguments.dockerfile" %}
COPY --from={{ how.uv }} /uv /usr/local/bin/
{% include "install.dockerfile" %}
