{% macro make_environment(agentix_version, installs_server) %}
python -m venv /nix/runtime && \
    /nix/runtime/bin/pip install --no-cache-dir --upgrade pip agentixx=={{ agentix_version }}
{%- if not installs_server %}
 && \
    printf '%s\n' '#!/nix/runtime/bin/python' 'from agentix.runtime.server import main' 'main()' > /nix/runtime/bin/agentix-server && \
    chmod 755 /nix/runtime/bin/agentix-server
{%- endif %}

{%- endmacro %}
