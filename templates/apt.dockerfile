{% from "packages.dockerfile" import install_packages %}
# Debian's packages, for the build as well as for the image; none of those that they only recommend.
FROM {{ runtime_image }} AS base
USER 0
{{ install_packages(how, apt) -}}
