{% from "pip.dockerfile" import run_pip %}
# The project becomes a wheel in a stage of its own: what only the build needs stays out of the image.
FROM {{ runtime_image }} AS wheel
{% include "arguments.dockerfile" %}
RUN /nix/runtime/bin/python -m venv --without-pip /build
{% if build_requirements %}
COPY requirements/build.txt /requirements/
{{ run_pip(mounts) }} --python /build/bin/python install --requirement /requirements/build.txt
{% endif %}
{% if version_variable %}
ENV {{ version_variable.name }}={{ version_variable.version }}
{% endif %}
COPY project/ /src/project/
{% if build_requirements %}
RUN /nix/runtime/bin/pip --python /build/bin/python wheel --no-deps --no-build-isolation --wheel-dir /wheels /src/project
{% else %}
{{ run_pip(mounts) }} --python /build/bin/python wheel --no-deps --wheel-dir /wheels /src/project
{% endif %}
