{% from "steps.dockerfile" import fetching, make_wheels, pip_install %}
{% if not packages %}
# The project: it is no package, so its modules are found where they lie.
COPY project/ /src/project/
{% if archives %}
{{ fetching(how, not dependencies_known) }}
{%- if how.uv and how.mounts %}uv pip install --python /nix/runtime{% if dependencies_known %} --no-deps --offline{% endif %}
{% else %}/nix/runtime/bin/pip install{% if dependencies_known %} --no-deps --no-index{% endif %}
{% endif %}
{%- for archive in archives %} "{{ archive }}"{% endfor %}

{% endif %}
ENV PYTHONPATH=/src/project{{ project_folder }}
{% else %}
# The project: its source, and its wheel in the environment.
{% if not how.mounts %}
COPY project/ /src/project/
COPY --from=build /tmp/wheels/ /tmp/wheels/
{% if dependencies_known %}
RUN {% else %}
{{ fetching(how) }}{% endif %}
{{ pip_install(dependencies_known, archives) }} && rm -r /tmp/wheels
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
{% if how.uv %}
    uv pip install --python /nix/runtime {% if dependencies_known %}--no-deps --offline {% endif %}/tmp/wheels/*.whl{% for archive in archives %} "{{ archive }}"{% endfor %} && \
{% else %}
    {{ pip_install(dependencies_known, archives) }} && \
{% endif %}
    rm -r /tmp/project /tmp/wheels
{% endif %}
{% if not is_package %}
ENV PYTHONPATH=/src/project{{ project_folder }}
{% endif %}
{% endif %}
