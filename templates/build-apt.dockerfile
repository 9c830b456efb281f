{% from "packages.dockerfile" import install_packages %}
# Debian's packages that only the build needs. The stages that build and install have them, the image has not.
FROM {{ environment_image }} AS tools
{% if environment_image == runtime_image %}
USER 0
{% endif %}
{{ install_packages(how, build_apt) -}}
