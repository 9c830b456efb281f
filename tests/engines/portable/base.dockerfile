# A base image without Python, with a mirror of one. Its Python is Debian's, in the layout of python-build-standalone.
FROM python:3.11-slim
RUN rm -rf /usr/local/bin/python* /usr/bin/python* /usr/lib/python3* /etc/python*
COPY cpython.tar.gz downloads.json /opt/mirror/
