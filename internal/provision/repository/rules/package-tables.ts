import type { GpuStance } from '../clue.ts';
import type { Workload } from '../conclude/workloads.ts';

/** What it tells that a package is depended on. */
export interface PackageMeaning {
  readonly names: RegExp;
  readonly ecosystem: 'python' | 'node' | 'rust' | 'go';
  readonly stance?: GpuStance;
  readonly workload?: Workload;
  /** "cupy-cuda12x". */
  readonly vendor?: 'nvidia' | 'amd' | 'intel';
}

/** Read from the top: the first that fits counts. */
export const packageMeanings: readonly PackageMeaning[] = [
  {
    ecosystem: 'python',
    names: /^(?:mlx(?:-\w+)?|coremltools|tensorflow-(?:macos|metal))$/,
    stance: 'apple',
    workload: 'machine-learning-native',
  },
  {
    ecosystem: 'python',
    names: /^(?:cudf|cuml|cugraph|cuspatial|rmm|dask-cudf|dask-cuda|cuvs)(?:-cu\d+)?$/,
    stance: 'demanded',
    vendor: 'nvidia',
    workload: 'gpu-data-frames',
  },
  {
    ecosystem: 'python',
    names: /^(?:vllm|sglang|tensorrt-llm|lmdeploy)$/,
    stance: 'demanded',
    vendor: 'nvidia',
    workload: 'language-model',
  },
  {
    ecosystem: 'python',
    names:
      /^(?:megatron-core|transformer-engine|colossalai|flash-attn|flashinfer-python|mamba-ssm|causal-conv1d|apex)$/,
    stance: 'demanded',
    vendor: 'nvidia',
    workload: 'machine-learning',
  },
  {
    ecosystem: 'python',
    names:
      /^(?:cupy(?:-cuda\w+)?|pycuda|tensorrt(?:-cu\d+)?|nvidia-(?:dali|modelopt|cuda|cudnn|cublas|nccl|tensorrt)[\w-]*|cuda-python|gsplat|nvdiffrast|tiny-cuda-nn|tinycudann|spconv-cu\d+|kaolin|warp-lang|isaacsim[\w-]*|isaacgym|minkowskiengine|torch-tensorrt|numba-cuda)$/,
    stance: 'demanded',
    vendor: 'nvidia',
    workload: 'machine-learning',
  },
  {
    ecosystem: 'python',
    names:
      /^(?:tensorflow-gpu|onnxruntime-gpu|paddlepaddle-gpu|faiss-gpu(?:-cu\d+)?|mxnet-cu\d+|dgl-cu\d+|tensorflow-rocm|bitsandbytes|xformers|deepspeed|auto-gptq|autoawq)$/,
    stance: 'framework',
    vendor: 'nvidia',
    workload: 'machine-learning',
  },
  {
    ecosystem: 'python',
    names:
      /^(?:torch|pytorch|torchvision|torchaudio|pytorch-lightning|lightning|tensorflow|keras|jax|jaxlib|flax|paddlepaddle|mxnet|transformers|diffusers|accelerate|sentence-transformers|ultralytics|timm|fairseq|detectron2|mmcv(?:-full)?|mmdet|mmengine|fastai|monai|openai-whisper|faster-whisper|ctranslate2|stable-baselines3|peft|trl|segment-anything|open-clip-torch|spacy-transformers|torch-geometric|pytorch-cuda|cudatoolkit)$/,
    stance: 'framework',
    workload: 'machine-learning',
  },
  {
    ecosystem: 'python',
    names:
      /^(?:scikit-learn|pandas|scipy|xgboost|lightgbm|catboost|dask|pyspark|polars|opencv-python(?:-headless)?|onnxruntime|numba|jupyterlab|notebook|statsmodels|gensim|spacy|nltk)$/,
    workload: 'data-science',
  },
  {
    ecosystem: 'python',
    names: /^(?:vulkan|moderngl|pyopengl|vispy|pyglet|panda3d|bpy|ursina|open3d)$/,
    stance: 'graphics',
  },
  {
    ecosystem: 'node',
    names: /^(?:@tensorflow\/tfjs-node-gpu)$/,
    stance: 'framework',
    vendor: 'nvidia',
    workload: 'machine-learning',
  },
  {
    ecosystem: 'node',
    names:
      /^(?:next|nuxt|webpack|vite|react-scripts|@angular\/cli|@vue\/cli-service|electron|gatsby|parcel|rollup)$/,
    workload: 'web-front-end-build',
  },
  { ecosystem: 'node', names: /^(?:lerna|nx|turbo|@microsoft\/rush)$/, workload: 'node-monorepo' },
  {
    ecosystem: 'rust',
    names:
      /^(?:wgpu(?:-core|-hal)?|bevy(?:_\w+)?|ash|vulkano|glium|gfx-hal|macroquad|ggez|fyrox|rend3|three-d|miniquad)$/,
    stance: 'graphics',
    workload: 'graphics',
  },
  {
    ecosystem: 'rust',
    names: /^(?:cudarc|cust|rustacuda|tch|candle-core|burn|ort|llm|mistralrs)$/,
    stance: 'supported',
    workload: 'machine-learning-native',
  },
  {
    ecosystem: 'rust',
    names:
      /^(?:tokio|hyper|axum|actix-web|sqlx|diesel|datafusion|arrow|polars|rocksdb|swc_core|deno_core|wasmtime)$/,
    workload: 'rust-large-build',
  },
  {
    ecosystem: 'go',
    names: /(?:^|\/)(?:gorgonia\.org\/cu|cuda|go-nvml|nvml|cudnn)(?:\/|$)|^gorgonia\.org\/cu$/,
    stance: 'supported',
    vendor: 'nvidia',
  },
  {
    ecosystem: 'go',
    names:
      /^(?:github\.com\/go-gl\/.*|github\.com\/hajimehoshi\/ebiten.*|github\.com\/vulkan-go\/.*|github\.com\/g3n\/.*|gioui\.org)$/,
    stance: 'graphics',
    workload: 'graphics',
  },
  {
    ecosystem: 'go',
    names:
      /^(?:k8s\.io\/(?:kubernetes|api|client-go|apiserver)|github\.com\/containerd\/containerd.*|github\.com\/docker\/docker|github\.com\/hashicorp\/(?:raft|consul|nomad)|go\.etcd\.io\/etcd.*|github\.com\/cockroachdb\/.*|github\.com\/prometheus\/prometheus)$/,
    workload: 'go-large-build',
  },
];
