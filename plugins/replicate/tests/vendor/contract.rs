//! The suite every provider must pass.

use crate::{
    KEY, image, provider,
    simulator::{Plan, Simulator},
    video, write,
};
use kinora_provider::{GenerationRequest, LipSyncPicture, LipSyncRequest, Parameters, contract::Suite};

#[test]
fn the_provider_keeps_the_contract() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let sim = runtime.block_on(Simulator::start(0)).unwrap();
    sim.state().token = KEY.into();
    sim.plan(Plan { steps: 4, ..Plan::default() });
    let folder = tempfile::tempdir().unwrap();
    let (clip, voice) = (folder.path().join("clip.mp4"), folder.path().join("voice.wav"));
    write(&clip, b"clip");
    write(&voice, b"voice");
    let sync = GenerationRequest::LipSync(LipSyncRequest {
        model: "sync/lipsync-2-pro".into(),
        picture: LipSyncPicture::Video(clip),
        voice,
        prompt: String::new(),
        duration_secs: Some(4.0),
        seed: None,
        parameters: Parameters::new(),
    });
    let base_url = sim.base_url();
    Suite::new(move || provider(&base_url))
        .case(video("google/veo-3.1"))
        .case(video("google/veo-3.1-fast"))
        .case(image("google/nano-banana"))
        .case(image("bytedance/seedream-4"))
        .case(sync)
        .cancel_case(video("google/veo-3.1"))
        .cancel_case(image("google/nano-banana-pro"))
        .secret(KEY)
        .check();
}
