{% from "steps.dockerfile" import fetching %}
COPY requirements/run/ /src/requirements/
{% if how.uv %}
{{ fetching(how) }}uv pip install --python /nix/runtime --requirement /src/requirements/run.txt
{% else %}
{{ fetching(how) }}/nix/runtime/bin/pip install --requirement /src/requirements/run.txt
{% endif %}
