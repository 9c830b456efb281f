{% from "pip.dockerfile" import run_pip %}
# The project becomes a wheel in a stage of its own: what only the build needs stays out of the image.
FROM {{ runtime_image }} AS wheel
{% include "arguments.dockerfile" %}
RUN /nix/runtime/bin/python -m venv --without-pip /build
{% if backend %}
COPY requirements/build.txt /requirements/
{{ run_pip(mounts) }} --python /build/bin/python install --requirement /requirements/build.txt
{% endif %}
{% if version_variable %}
ENV {{ version_variable.name }}={{ version_variable.version }}
{% endif %}
WORKDIR /src/project
COPY project/ ./
{% if backend %}
{# A backend may look for a program of its own on PATH, as uv_build does. #}
RUN mkdir /wheels && \
    PATH="/build/bin:$PATH" /build/bin/python -I -c "{{ backend }}; backend.build_wheel('/wheels')"
{% else %}
{{ run_pip(mounts) }} --python /build/bin/python wheel --no-deps --wheel-dir /wheels .
{% endif %}
