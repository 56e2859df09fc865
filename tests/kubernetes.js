// node kubernetes.js JOBS.yaml   - holds Jobs against Kubernetes' own schemas (npm's kubernetes-models and js-yaml, beside this file).
// A field that the schema does not know is never read by the validator: that is how it is found, since Kubernetes lets it pass.
const fs = require('fs');
const yaml = require('js-yaml');
const { validate } = require('./node_modules/kubernetes-models/_schemas/IoK8sApiBatchV1Job.js');

function watched(value, path, read) {
  if (value === null || typeof value !== 'object') return value;
  return new Proxy(value, {
    get(target, key) {
      if (typeof key === 'string') read.add(path + '/' + key);
      return watched(target[key], path + '/' + String(key), read);
    },
  });
}

function fields(value, path) {
  if (value === null || typeof value !== 'object') return [];
  return Object.keys(value).flatMap((key) => [path + '/' + key, ...fields(value[key], path + '/' + key)]);
}

let wrong = 0;
for (const job of yaml.loadAll(fs.readFileSync(process.argv[2], 'utf8'))) {
  const read = new Set();
  const valid = validate(watched(job, '', read));
  const unknown = fields(job, '').filter((field) => !read.has(field));
  if (!valid) console.log(JSON.stringify(validate.errors));
  if (unknown.length) console.log('unknown: ' + unknown.join(' '));
  if (!valid || unknown.length) wrong = 1;
  console.log('Job ' + job.metadata.name);
}
process.exit(wrong);
