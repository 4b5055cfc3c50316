# One image for every role; ROLES says what a container does.
FROM node:24-bookworm-slim
WORKDIR /parley
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY . .
RUN npm run build
RUN mkdir -p /var/lib/parley && chown node /var/lib/parley
USER node
CMD ["node", "--no-warnings", "dist/main.js", "start"]
