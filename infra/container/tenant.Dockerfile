# The local tenant that compose.yaml uses to stand in for Microsoft Entra ID. For trying things out only: anyone can be anyone.
ARG BASE=node:24.21.0-trixie-slim
FROM ${BASE}
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund && npm cache clean --force
COPY infra/tenant infra/tenant
USER 65532:65532
HEALTHCHECK --interval=2s --timeout=3s --start-period=30s --retries=5 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.TENANT_PORT}/control`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "infra/tenant/main.ts"]
CMD []
