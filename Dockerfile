# docker build -t lueur . && docker run --rm -p 127.0.0.1:7860:7860 -v lueur:/data lueur
# Publish the port on 127.0.0.1 only: in personal mode whoever reaches the page is the owner.
FROM python:3.11-slim
RUN apt-get update \
 && apt-get install -y --no-install-recommends make libgomp1 \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --create-home --uid 1000 lueur \
 && install -d -o lueur -g lueur /app /data
USER lueur
WORKDIR /app
ARG TORCH_INDEX
COPY --chown=lueur:lueur Makefile pyproject.toml README.md LICENSE ./
COPY --chown=lueur:lueur assistant assistant
COPY --chown=lueur:lueur models models
COPY --chown=lueur:lueur app.py ./
RUN make install TORCH_INDEX=$TORCH_INDEX PYTHON=python3 && rm -rf /home/lueur/.cache
ENV LUEUR_HOME=/data LUEUR_HOST=0.0.0.0 GRADIO_SERVER_NAME=0.0.0.0
VOLUME /data
EXPOSE 7860
HEALTHCHECK --start-period=60s CMD [".venv/bin/python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:7860/healthz')"]
CMD [".venv/bin/lueur", "serve"]
