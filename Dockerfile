FROM node:24-slim AS install
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# The image has Node 24 itself, so the development copy of node and the test tools stay out.
RUN npm ci --omit=dev --ignore-scripts

FROM node:24-slim
WORKDIR /app
ENV NODE_ENV=production HOST=0.0.0.0 PORT=8787 DATA_DIR=/data
COPY --from=install /app/node_modules node_modules
COPY package.json LICENSE ./
COPY src src
COPY policies policies
COPY prompts prompts
COPY model/config.json model/tokenizer.json model/tokenizer_config.json model/
COPY model/onnx model/onnx
RUN mkdir /data && chown node:node /data
USER node
VOLUME /data
EXPOSE 8787
STOPSIGNAL SIGTERM
HEALTHCHECK --start-period=20s CMD ["node", "-e", "fetch('http://127.0.0.1:'+process.env.PORT+'/readyz').then(r=>process.exit(r.ok?0:1),()=>process.exit(1))"]
CMD ["node", "src/node.ts"]
