# A task image: Debian without Python.
FROM python:3.11-slim
RUN rm -rf /usr/local/bin/python* /usr/bin/python* /usr/lib/python3* /etc/python*
USER 1000
WORKDIR /tmp
ENV TASK=7
