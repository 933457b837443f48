"""Makes the small random models and the values that they are expected to give.

    python reference.py ../resources/dev/touchstone/llm/cpu

needs torch, transformers, tokenizers, safetensors and gguf. Made once and checked in; run it again to add
a case. Weights are drawn from a seed, rounded to what the file stores, and run by `transformers` in float32:
so the only difference to the Java executor is the order in which sums are formed.
"""

import json
import pathlib
import shutil
import sys

import gguf
import numpy as np
import torch
from safetensors.torch import save_file
from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers import LlamaConfig, MistralConfig, Qwen2Config, Qwen3Config, AutoModelForCausalLM

VOCABULARY = 384
TEXT = """The scheduler fills each step within one token budget: running sequences first, then the waiting.
A sequence that finds no free block gives its own back and starts over later; nothing it said is lost.
There were 1,024 blocks of 16 tokens, and 37 of them were shared. Isn't that what you'd expect? It's fine.
Zwölf Boxkämpfer jagen Viktor quer über den großen Sylter Deich. Le cœur déçu mais l'âme plutôt naïve.
Съешь же ещё этих мягких французских булок да выпей чаю. いろはにほへと ちりぬるを。
for (int i = 0; i < 10; i++) {\n    total += values[i];\n}\n\n\treturn total;\n"""
SAMPLES = [
    "The scheduler fills each step.",
    "Isn't it? WE'LL see; they'd say 1234567 or 3.14159",
    "  two spaces,   three\n\n\nlines\r\n\tand a tab  ",
    "größer, ещё булок, いろは, 🙂👍🏽, e\u0301 and \u00e9",
    "for (int i = 0; i < 10; i++) { total += values[i]; }",
    "<|im_start|>user is plain text here</s>",
    " ",
    "",
]
LLAMA3 = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*"
    r"|\s*[\r\n]+|\s+(?!\S)|\s+"
)
SHAPE = dict(vocab_size=VOCABULARY, hidden_size=64, num_hidden_layers=2, num_attention_heads=4,
             num_key_value_heads=2, intermediate_size=128, max_position_embeddings=1024, rms_norm_eps=1e-5)


def byte_level(regex, specials, normalizer=None):
    tokenizer = Tokenizer(models.BPE())
    if normalizer:
        tokenizer.normalizer = normalizer
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(regex), "isolated"),
        pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.train_from_iterator([TEXT], trainers.BpeTrainer(
        vocab_size=VOCABULARY - len(specials), initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False))
    tokenizer.add_special_tokens(specials)
    return tokenizer


def pieces(specials):
    """The kind that Llama 2 and Mistral have: characters, a space as its own letter, bytes for the rest."""
    trained = Tokenizer(models.BPE())
    trained.normalizer = normalizers.Replace(" ", "▁")
    trained.train_from_iterator(TEXT.split("\n"), trainers.BpeTrainer(vocab_size=120, show_progress=False))
    learnt = json.loads(trained.to_str())["model"]
    order = sorted(learnt["vocab"], key=learnt["vocab"].get)[: VOCABULARY - 256 - len(specials)]
    spellings = specials + [f"<0x{b:02X}>" for b in range(256)] + order
    vocabulary = {s: i for i, s in enumerate(spellings)}
    merges = [tuple(m) for m in learnt["merges"] if "".join(m) in vocabulary]
    tokenizer = Tokenizer(models.BPE(vocabulary, merges, byte_fallback=True, unk_token="<unk>", fuse_unk=True))
    tokenizer.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    tokenizer.add_special_tokens(specials)
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A", special_tokens=[("<s>", vocabulary["<s>"])])
    return tokenizer


ENDS = {"llama": 383, "qwen2": 383, "qwen3": 383, "mistral": 2}


def draw(config, seed):
    """A model with weights from a seed: the first whose greedy answer does not end early."""
    while True:
        model = draw_weights(config, seed)
        if ENDS[config.model_type] not in expected(model)["greedy"]:
            return model
        seed += 100


def draw_weights(config, seed):
    torch.manual_seed(seed)
    model = AutoModelForCausalLM.from_config(config).float().eval()
    for name, weights in model.named_parameters():
        spread = 0.25 if "norm" in name else 0.5 if "embed" in name or "bias" in name else 0.22
        weights.data = torch.randn(weights.shape) * spread + (1.0 if "norm" in name else 0.0)
        weights.data = weights.data.to(torch.bfloat16).float()
    return model


@torch.no_grad()
def expected(model):
    """Logits along a prompt, and what greedy decoding adds to it."""
    prompt = torch.randint(0, VOCABULARY, (1, 45), generator=torch.Generator().manual_seed(7))
    logits = model(prompt).logits[0]
    positions = [0, 1, 15, 16, 30, 44]
    tokens = prompt
    cache = None
    for _ in range(256):
        output = model(tokens if cache is None else tokens[:, -1:], past_key_values=cache, use_cache=True)
        cache = output.past_key_values
        tokens = torch.cat([tokens, output.logits[:, -1:].argmax(-1)], 1)
    greedy = tokens[0, 45:].tolist()
    assert len(set(greedy)) > 20, f"too dull a model: {len(set(greedy))} different tokens"
    return dict(prompt=prompt[0].tolist(), positions=positions,
                logits=[[float(f"{x:.7g}") for x in logits[p].tolist()] for p in positions], greedy=greedy)


def encodings(tokenizer):
    # What looks like a control token is plain text: encode without those tokens.
    plain = json.loads(tokenizer.to_str())
    plain["added_tokens"] = []
    bare = Tokenizer.from_str(json.dumps(plain))
    return [dict(text=s, tokens=bare.encode(s, add_special_tokens=False).ids) for s in SAMPLES]


def write(folder, model, tokenizer, template, first=None):
    folder.mkdir(parents=True)
    tensors = {n: w.data.to(torch.bfloat16).contiguous() for n, w in model.state_dict().items()}
    if model.config.tie_word_embeddings:
        del tensors["lm_head.weight"]
    save_file(tensors, folder / "model.safetensors")
    (folder / "config.json").write_text(json.dumps(model.config.to_dict(), indent=1) + "\n")
    (folder / "tokenizer.json").write_text(tokenizer.to_str() + "\n")
    settings = dict(chat_template=template)
    if first:
        settings["bos_token"] = first
    (folder / "tokenizer_config.json").write_text(json.dumps(settings) + "\n")
    (folder / "expected.json").write_text(json.dumps(expected(model) | dict(encodings=encodings(tokenizer))) + "\n")


def write_gguf(folder, kind, model, tokenizer, piecewise):
    """A GGUF file as llama.cpp's converter would write it, and what its rounded weights give."""
    config = model.config
    writer = gguf.GGUFWriter(folder / f"{kind.name.lower()}.gguf", "llama")
    writer.add_name(f"tiny {kind.name}")
    writer.add_context_length(config.max_position_embeddings)
    writer.add_embedding_length(config.hidden_size)
    writer.add_block_count(config.num_hidden_layers)
    writer.add_feed_forward_length(config.intermediate_size)
    writer.add_head_count(config.num_attention_heads)
    writer.add_head_count_kv(config.num_key_value_heads)
    writer.add_layer_norm_rms_eps(config.rms_norm_eps)
    writer.add_rope_freq_base(config.rope_parameters["rope_theta"])
    writer.add_rope_dimension_count(16)
    add_tokenizer(writer, tokenizer, piecewise)
    if config.rope_parameters["rope_type"] == "llama3":
        plain = 1 / config.rope_parameters["rope_theta"] ** (torch.arange(0, 16, 2).float() / 16)
        factors = plain / model.model.rotary_emb.inv_freq
        writer.add_tensor("rope_freqs.weight", factors.numpy().astype(np.float32))
    names = {"model.embed_tokens": "token_embd", "model.norm": "output_norm", "lm_head": "output"}
    parts = {"input_layernorm": "attn_norm", "post_attention_layernorm": "ffn_norm", "q_proj": "attn_q",
             "k_proj": "attn_k", "v_proj": "attn_v", "o_proj": "attn_output", "gate_proj": "ffn_gate",
             "up_proj": "ffn_up", "down_proj": "ffn_down"}
    for name, weights in list(model.state_dict().items()):
        if name == "lm_head.weight" and config.tie_word_embeddings:
            continue
        stem = name.removesuffix(".weight")
        if stem in names:
            target = names[stem]
        else:
            words = stem.split(".")
            target = f"blk.{words[2]}.{parts[words[-1]]}"
        data = weights.data.numpy()
        use = gguf.GGMLQuantizationType.F32 if data.ndim == 1 else kind
        packed = gguf.quants.quantize(data, use)
        weights.data.copy_(torch.from_numpy(gguf.quants.dequantize(packed, use)))
        if target.endswith("attn_q") or target.endswith("attn_k"):
            # Rows are reordered so that those which turn together are neighbours.
            rows = data.reshape(-1, 2, 8, data.shape[-1]).swapaxes(1, 2).reshape(data.shape)
            packed = gguf.quants.quantize(np.ascontiguousarray(rows), use)
        writer.add_tensor(f"{target}.weight", packed, raw_dtype=use)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    values = expected(model)
    assert ENDS[config.model_type] not in values["greedy"], "the answer ends early: take another seed"
    values |= dict(encodings=encodings(tokenizer))
    (folder / f"{kind.name.lower()}.json").write_text(json.dumps(values) + "\n")


def add_tokenizer(writer, tokenizer, piecewise):
    described = json.loads(tokenizer.to_str())
    ids = tokenizer.get_vocab(with_added_tokens=True)
    spellings = sorted(ids, key=ids.get)
    assert len(spellings) <= VOCABULARY
    specials = {t["content"] for t in described["added_tokens"]}
    types = [3 if s in specials else 6 if piecewise and s.startswith("<0x") else 1 for s in spellings]
    while len(spellings) < VOCABULARY:
        spellings.append(f"[PAD{len(spellings)}]")
        types.append(5)
    merges = ["".join(m) if piecewise else " ".join(m) for m in described["model"]["merges"]]
    writer.add_tokenizer_model("llama" if piecewise else "gpt2")
    if piecewise:
        ranks = {m: -float(i) for i, m in reversed(list(enumerate(merges)))}
        writer.add_token_list(spellings)
        writer.add_token_scores([ranks.get(s, -1000.0) for s in spellings])
        writer.add_add_space_prefix(True)
        writer.add_bos_token_id(ids["<s>"])
        writer.add_eos_token_id(ids["</s>"])
        writer.add_chat_template("{{ bos_token }}[INST] {{ message }} [/INST]")
    else:
        writer.add_tokenizer_pre("llama-bpe")
        writer.add_token_list(spellings)
        writer.add_token_merges(merges)
        writer.add_bos_token_id(ids["<|begin_of_text|>"])
        writer.add_eos_token_id(ids["<|eot_id|>"])
        writer.add_add_bos_token(True)
        writer.add_chat_template("<|start_header_id|>")
    writer.add_token_types(types)


def main():
    root = pathlib.Path(sys.argv[1])
    for old in ("llama3", "qwen2", "qwen3", "mistral", "gguf"):
        shutil.rmtree(root / old, ignore_errors=True)
    llama_tokens = byte_level(LLAMA3, ["<|begin_of_text|>", "<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>"])
    llama_tokens.post_processor = processors.TemplateProcessing(
        single="<|begin_of_text|> $A",
        special_tokens=[("<|begin_of_text|>", llama_tokens.token_to_id("<|begin_of_text|>"))])
    qwen_tokens = byte_level(LLAMA3.replace("{1,3}", ""), ["<|im_start|>", "<|im_end|>"],
                             normalizers.NFC())
    mistral_tokens = pieces(["<unk>", "<s>", "</s>"])
    rope = dict(rope_type="llama3", rope_theta=10000.0, factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0,
                original_max_position_embeddings=64)
    llama = LlamaConfig(**SHAPE, rope_parameters=rope, tie_word_embeddings=True, eos_token_id=None)
    write(root / "llama3", draw(llama, 1), llama_tokens, "<|start_header_id|>", "<|begin_of_text|>")
    qwen2 = Qwen2Config(**SHAPE, rope_parameters=dict(rope_type="default", rope_theta=1000000.0), eos_token_id=None)
    write(root / "qwen2", draw(qwen2, 2), qwen_tokens, "<|im_start|>")
    qwen3 = Qwen3Config(**SHAPE, head_dim=24, rope_parameters=dict(rope_type="default", rope_theta=1000000.0),
                        tie_word_embeddings=True, eos_token_id=None)
    write(root / "qwen3", draw(qwen3, 3), qwen_tokens, "<|im_start|>")
    mistral = MistralConfig(**SHAPE, head_dim=16, sliding_window=None, eos_token_id=None,
                            rope_parameters=dict(rope_type="linear", rope_theta=10000.0, factor=2.0))
    write(root / "mistral", draw(mistral, 4), mistral_tokens, "[INST]", "<s>")
    (root / "gguf").mkdir()
    for kind, seed in ((gguf.GGMLQuantizationType.F32, 5), (gguf.GGMLQuantizationType.BF16, 6),
                       (gguf.GGMLQuantizationType.Q8_0, 7), (gguf.GGMLQuantizationType.Q4_0, 8)):
        piecewise = kind == gguf.GGMLQuantizationType.Q8_0
        if piecewise:
            config = MistralConfig(**SHAPE, head_dim=16, sliding_window=None, eos_token_id=None,
                                   rope_parameters=dict(rope_type="default", rope_theta=10000.0))
        else:
            config = llama
        if kind == gguf.GGMLQuantizationType.F32:
            config = LlamaConfig(**SHAPE | dict(num_hidden_layers=1), rope_parameters=rope,
                                 tie_word_embeddings=True, eos_token_id=None)
        write_gguf(root / "gguf", kind, draw(config, seed), mistral_tokens if piecewise else llama_tokens, piecewise)


main()
