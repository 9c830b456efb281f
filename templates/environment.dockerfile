{% macro make_environment(agentix_version) %}
python -m venv /nix/runtime && \
    /nix/runtime/bin/pip install --no-cache-dir --upgrade pip agentixx=={{ agentix_version }}
{%- endmacro %}
