{# The program that starts the server, if agentixx does not install it. #}
{% macro add_server(installs_server) %}
{%- if not installs_server %}
 && \
    printf '%s\n' '#!/nix/runtime/bin/python' 'from agentix.runtime.server import main' 'main()' > /nix/runtime/bin/agentix-server && \
    chmod 755 /nix/runtime/bin/agentix-server
{%- endif %}

{%- endmacro %}
